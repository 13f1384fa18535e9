/**
 * Replaces the permissions boundary that a policy template names. AWS reviews a literal ARN, which it gives each partner
 * itself, so the shipped file names the sandbox's.
 */
export function withBoundary(template: unknown, boundaryArn: string): unknown {
  if (Array.isArray(template)) return template.map((element) => withBoundary(element, boundaryArn));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [
      key,
      key === 'iam:PermissionsBoundary' ? boundaryArn : withBoundary(value, boundaryArn),
    ]),
  );
}

/**
 * Renders a delegation policy template as AWS does: replaces every `@{Name}` in a string value by its parameter.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/temporary-delegation-policy-templates.html
 * Throws if the template names a parameter that is not given, because AWS would refuse the request.
 */
export function renderPolicyTemplate(template: unknown, parameters: Readonly<Record<string, string>>): unknown {
  if (typeof template === 'string') {
    return template.replaceAll(/@\{([^}]*)\}/g, (_match, name: string) => {
      const value = parameters[name];
      if (value === undefined) throw new Error(`The policy template names the parameter ${name}, which is not given`);
      return value;
    });
  }
  if (Array.isArray(template)) return template.map((element) => renderPolicyTemplate(element, parameters));
  if (template !== null && typeof template === 'object') {
    return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, renderPolicyTemplate(value, parameters)]));
  }
  return template;
}
