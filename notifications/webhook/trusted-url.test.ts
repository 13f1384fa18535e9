import { describe, expect, it } from 'vitest';
import { trustedCertificateUrl, trustedSubscribeUrl } from './trusted-url.ts';

const own = 'http://127.0.0.1:4566';
const topicArn = 'arn:aws:sns:us-east-1:909090909090:ours';

const topicIn = (region: string, partition = 'aws') => `arn:${partition}:sns:${region}:909090909090:ours`;

describe('S4: a signing certificate may be fetched', () => {
  it.each([
    ['us-east-1', 'aws', 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem'],
    ['ap-southeast-2', 'aws', 'https://sns.ap-southeast-2.amazonaws.com/SimpleNotificationService-0.pem'],
    ['us-gov-west-1', 'aws-us-gov', 'https://sns.us-gov-west-1.amazonaws.com/a/b.pem'],
    ['cn-north-1', 'aws-cn', 'https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0.pem'],
    ['us-east-1', 'aws', 'http://127.0.0.1:4566/sns/SimpleNotificationService-0.pem'],
  ])('B6: for a topic in %s of %s, from %s', (region, partition, url) => {
    expect(trustedCertificateUrl(url, topicIn(region, partition), own)?.href).toBe(url);
  });

  it.each([
    ['another Region', topicIn('us-east-1'), 'https://sns.eu-west-1.amazonaws.com/a.pem'],
    ['another partition', topicIn('us-east-1'), 'https://sns.cn-north-1.amazonaws.com.cn/a.pem'],
    ["the Region's name in another partition", topicIn('us-east-1'), 'https://sns.us-east-1.amazonaws.com.cn/a.pem'],
    ['a partition that Muster does not know', topicIn('us-east-1', 'aws-x'), 'https://sns.us-east-1.amazonaws.com/a.pem'],
    ['no topic', '', 'https://sns.us-east-1.amazonaws.com/a.pem'],
  ])('B6: not from %s', (_what, topic, url) => {
    expect(trustedCertificateUrl(url, topic, null)).toBeNull();
  });

  it.each([
    ['no TLS', 'http://sns.us-east-1.amazonaws.com/a.pem'],
    ['another scheme', 'ftp://sns.us-east-1.amazonaws.com/a.pem'],
    ['a foreign host that begins with AWS’s name', 'https://sns.us-east-1.amazonaws.com.evil.com/a.pem'],
    ['a foreign host with AWS’s name in the path', 'https://evil.com/sns.us-east-1.amazonaws.com/a.pem'],
    ['a host that only ends like AWS’s name', 'https://sns.us-east-1.evilamazonaws.com/a.pem'],
    ['AWS China’s name in a foreign host', 'https://sns.us-east-1.amazonaws.com.cn.evil.com/a.pem'],
    ['another service of AWS', 'https://s3.us-east-1.amazonaws.com/a.pem'],
    ['a bucket named sns', 'https://sns.s3-us-west-2.amazonaws.com/a.pem'],
    ['a bucket named sns, without a Region', 'https://sns.s3.amazonaws.com/a.pem'],
    ['a label in between', 'https://sns.evil.us-east-1.amazonaws.com/a.pem'],
    ['a label in front', 'https://evil.sns.us-east-1.amazonaws.com/a.pem'],
    ['AWS’s name as a user', 'https://sns.us-east-1.amazonaws.com@evil.com/a.pem'],
    ['credentials', 'https://user:word@sns.us-east-1.amazonaws.com/a.pem'],
    ['a user', 'https://user@sns.us-east-1.amazonaws.com/a.pem'],
    ['a port', 'https://sns.us-east-1.amazonaws.com:8443/a.pem'],
    ['the usual port, spelled out', 'https://sns.us-east-1.amazonaws.com:443/a.pem'],
    ['an address', 'https://127.0.0.1/a.pem'],
    ['the metadata service', 'http://169.254.169.254/a.pem'],
    ['an address in one number', 'https://2130706433/a.pem'],
    ['an IPv6 address', 'https://[::1]/a.pem'],
    ['a final dot', 'https://sns.us-east-1.amazonaws.com./a.pem'],
    ['capitals', 'https://SNS.us-east-1.amazonaws.com/a.pem'],
    ['a backslash', 'https://sns.us-east-1.amazonaws.com\\@evil.com/a.pem'],
    ['a tab', 'https://sns.us-east-1.amazonaws.com\t.evil.com/a.pem'],
    ['a line feed at the end', 'https://sns.us-east-1.amazonaws.com/a.pem\n'],
    ['letters that look alike', 'https://sns.us-east-1.аmazonaws.com/a.pem'],
    ['no certificate', 'https://sns.us-east-1.amazonaws.com/a.txt'],
    ['no name', 'https://sns.us-east-1.amazonaws.com/.pem'],
    ['the ending in a query', 'https://sns.us-east-1.amazonaws.com/?x=a.pem'],
    ['a query', 'https://sns.us-east-1.amazonaws.com/a.pem?Action=ConfirmSubscription'],
    ['the ending in a fragment', 'https://sns.us-east-1.amazonaws.com/x#a.pem'],
    ['a fragment', 'https://sns.us-east-1.amazonaws.com/a.pem#x'],
    ['dot segments', 'https://sns.us-east-1.amazonaws.com/x/../a.pem'],
    ['hidden dot segments', 'https://sns.us-east-1.amazonaws.com/x/%2e%2e/a.pem'],
    ['an escaped slash', 'https://sns.us-east-1.amazonaws.com/x%2fa.pem'],
    ['an escaped end', 'https://sns.us-east-1.amazonaws.com/x%00a.pem'],
    ['nothing', ''],
    ['no URL', 'sns.us-east-1.amazonaws.com/a.pem'],
    ['the other origin’s host with another port', 'http://127.0.0.1:4567/a.pem'],
    ['the other origin with TLS', 'https://127.0.0.1:4566/a.pem'],
    ['the other origin as a user', 'http://127.0.0.1:4566@evil.com/a.pem'],
  ])('not with %s', (_what, url) => {
    expect(trustedCertificateUrl(url, topicArn, own)).toBeNull();
  });

  it('not from the sandbox, where none is configured', () => {
    expect(trustedCertificateUrl(`${own}/sns/a.pem`, topicArn, null)).toBeNull();
  });
});

describe('S4: a link that confirms a subscription may be called', () => {
  const link = (origin: string, query: string) => `${origin}/?${query}`;
  const aws = 'https://sns.us-east-1.amazonaws.com';
  it.each([
    link(aws, `Action=ConfirmSubscription&TopicArn=${topicArn}&Token=abc`),
    link(own, `Action=ConfirmSubscription&TopicArn=${encodeURIComponent(topicArn)}&Token=abc`),
  ])('%s', (url) => {
    expect(trustedSubscribeUrl(url, topicArn, own)?.href).toBe(url);
  });

  it.each([
    ['leads elsewhere', link('https://evil.com', `Action=ConfirmSubscription&TopicArn=${topicArn}&Token=abc`)],
    ['is another topic’s', link(aws, `Action=ConfirmSubscription&TopicArn=${topicArn}x&Token=abc`)],
    ['does something else', link(aws, `Action=Unsubscribe&TopicArn=${topicArn}&Token=abc`)],
    ['has a path', `${aws}/x?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=abc`],
    ['is empty', ''],
  ])('not if it %s', (_what, url) => {
    expect(trustedSubscribeUrl(url, topicArn, own)).toBeNull();
  });
});
