/**
 * SNS's own host in one Region, as AWS's validators know it. The Region's form is part of it: a bucket named "sns" would
 * answer at sns.s3-us-west-2.amazonaws.com.
 * https://github.com/aws/aws-js-sns-message-validator
 */
const awsHost = /^sns\.[a-z]{2,}(-[a-z]+)+-\d\.amazonaws\.com(\.cn)?$/;

/** Reads a URL that a message names; null unless it leads to SNS itself, or to the one other origin that was configured. */
function trustedUrl(text: string, otherOrigin: string | null): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  // Only what is written as it will be called: parsing must not have moved a dot segment, a port or an odd character.
  if (!url || url.href !== text || url.username !== '' || url.password !== '' || url.hash !== '') return null;
  const isAws = url.protocol === 'https:' && url.port === '' && awsHost.test(url.hostname);
  return isAws || url.origin === otherOrigin ? url : null;
}

/** Where a signing certificate may be fetched from; null when the URL is not to be called (S4). */
export function trustedCertificateUrl(text: string, otherOrigin: string | null): URL | null {
  const url = trustedUrl(text, otherOrigin);
  return url && url.search === '' && /^(\/[\w-]+)+\.pem$/.test(url.pathname) ? url : null;
}

/** The link that confirms a subscription to this topic, and nothing else; null when it is not to be called. */
export function trustedSubscribeUrl(text: string, topicArn: string, otherOrigin: string | null): URL | null {
  const url = trustedUrl(text, otherOrigin);
  const isOurs =
    url?.pathname === '/' && url.searchParams.get('Action') === 'ConfirmSubscription' && url.searchParams.get('TopicArn') === topicArn;
  return isOurs ? url : null;
}
