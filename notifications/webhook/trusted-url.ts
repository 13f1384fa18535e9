/**
 * The host of SNS in a Region, as in AWS's validators. The pattern includes the form of a Region, because a bucket named
 * "sns" has the host sns.s3-us-west-2.amazonaws.com.
 * https://github.com/aws/aws-js-sns-message-validator
 */
const awsHost = /^sns\.[a-z]{2,}(-[a-z]+)+-\d\.amazonaws\.com(\.cn)?$/;

/** Parses a URL from a message; null unless it leads to SNS or to the configured other origin. */
function trustedUrl(text: string, otherOrigin: string | null): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  // The text must equal the parsed URL: parsing must not have changed dot segments, ports or unusual characters.
  if (!url || url.href !== text || url.username !== '' || url.password !== '' || url.hash !== '') return null;
  const isAws = url.protocol === 'https:' && url.port === '' && awsHost.test(url.hostname);
  return isAws || url.origin === otherOrigin ? url : null;
}

/** Parses the URL of a signing certificate; null if it must not be fetched (S4). */
export function trustedCertificateUrl(text: string, otherOrigin: string | null): URL | null {
  const url = trustedUrl(text, otherOrigin);
  return url && url.search === '' && /^(\/[\w-]+)+\.pem$/.test(url.pathname) ? url : null;
}

/** Parses a link that confirms a subscription to this topic; null if it does anything else or must not be called. */
export function trustedSubscribeUrl(text: string, topicArn: string, otherOrigin: string | null): URL | null {
  const url = trustedUrl(text, otherOrigin);
  const isOurs =
    url?.pathname === '/' && url.searchParams.get('Action') === 'ConfirmSubscription' && url.searchParams.get('TopicArn') === topicArn;
  return isOurs ? url : null;
}
