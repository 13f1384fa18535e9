/** The domains of AWS's partitions, whose names begin the ARN of a topic. */
const domains: Record<string, string> = {
  aws: 'amazonaws.com',
  'aws-us-gov': 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-eusc': 'amazonaws.eu',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
};

/**
 * The host of SNS in the Region and partition of a topic; null for an ARN of an unknown partition. SNS signs and confirms
 * from the topic's own Region only.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
function snsHost(topicArn: string): string | null {
  const [, partition = '', , region = ''] = topicArn.split(':');
  const domain = domains[partition];
  return domain && /^[a-z]{2,}(-[a-z]+)+-\d$/.test(region) ? `sns.${region}.${domain}` : null;
}

/** Parses a URL from a message; null unless it leads to SNS in the topic's Region, or to the configured other origin. */
function trustedUrl(text: string, topicArn: string, otherOrigin: string | null): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  // The text must equal the parsed URL: parsing must not have changed dot segments, ports or unusual characters.
  if (!url || url.href !== text || url.username !== '' || url.password !== '' || url.hash !== '') return null;
  const isAws = url.protocol === 'https:' && url.port === '' && url.hostname === snsHost(topicArn);
  return isAws || url.origin === otherOrigin ? url : null;
}

/** Parses the URL of a signing certificate; null if it must not be fetched (S4). */
export function trustedCertificateUrl(text: string, topicArn: string, otherOrigin: string | null): URL | null {
  const url = trustedUrl(text, topicArn, otherOrigin);
  return url && url.search === '' && /^(\/[\w-]+)+\.pem$/.test(url.pathname) ? url : null;
}

/** Parses a link that confirms a subscription to this topic; null if it does anything else or must not be called. */
export function trustedSubscribeUrl(text: string, topicArn: string, otherOrigin: string | null): URL | null {
  const url = trustedUrl(text, topicArn, otherOrigin);
  const isOurs =
    url?.pathname === '/' && url.searchParams.get('Action') === 'ConfirmSubscription' && url.searchParams.get('TopicArn') === topicArn;
  return isOurs ? url : null;
}
