/** Parent domains of Okta organizations. */
const OKTA_DOMAINS = ['okta.com', 'oktapreview.com', 'okta-emea.com', 'okta-gov.com'];
const PERSONAL_MAIL = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com aol.com proton.me ' +
    'protonmail.com gmx.com gmx.net gmx.de web.de mail.com zoho.com yandex.com yandex.ru mail.ru qq.com 163.com'
  ).split(' '),
);
/** RFC 1123 §2.1, with at least two labels, the last of them not a number, as in IP addresses. */
const HOST_NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,63}$/u;
/** `acme-admin.okta.com`: the host of the admin console, which people copy from the browser. */
const ADMIN_HOST = new RegExp(`^([a-z0-9-]+)-admin\\.(${OKTA_DOMAINS.join('|').replaceAll('.', '\\.')})$`);
/** Labels of Okta's own websites. */
const OKTA_SITES = new Set('www login support developer help trust status'.split(' '));
const MICROSOFT_HOSTS = ['microsoft.com', 'microsoftonline.com', 'azure.com', 'windows.net'];

/** @returns an error message, or undefined when the name of the integration is valid */
export function nameFault(name: string): string | undefined {
  if (NAME.test(name) && !name.endsWith(' ')) return undefined;
  return 'must be 1 to 64 letters, digits, spaces, hyphens or underscores, and begin with a letter or digit';
}

/** @returns the key by which names are unique, ignoring case and Unicode composition */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/**
 * @param given a domain or URL, as pasted by people
 * @returns its host; for the admin console of Okta, the domain of the organization
 */
export function domainOf(given: string): string {
  const host = given
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[/?#].*$/s, '')
    .replace(/\.$/, '');
  return host.replace(ADMIN_HOST, '$1.$2');
}

/** @returns an error message, or undefined when the domain (see `domainOf`) is valid */
export function hostFault(domain: string): string | undefined {
  if (domain.includes('@')) return 'must be a domain, not an email address';
  if (PERSONAL_MAIL.has(domain)) return 'is a personal email domain: use the domain of your organization';
  return HOST_NAME.test(domain) ? undefined : 'must be a host name, such as example.com';
}

/**
 * @param domain see `domainOf`
 * @param allowed custom domains of Okta organizations
 * @returns an error message, or undefined when the domain is an Okta organization's
 */
export function oktaDomainFault(domain: string, allowed: readonly string[]): string | undefined {
  const fault = hostFault(domain);
  if (fault) return fault;
  if (allowed.includes(domain)) return undefined;
  const organization = OKTA_DOMAINS.map((okta) => labelBelow(domain, okta)).find((label) => label !== undefined);
  if (organization !== undefined && OKTA_SITES.has(organization))
    return 'is a website of Okta, not an Okta organization';
  if (organization !== undefined) return undefined;
  return `must be the domain of an Okta organization (${OKTA_DOMAINS.map((okta) => `*.${okta}`).join(', ')}) or a domain listed in ALLOWED_DOMAINS`;
}

/** @returns an error message, or undefined when the domain can be an Entra tenant's */
export function entraDomainFault(domain: string): string | undefined {
  const fault = hostFault(domain);
  if (fault) return fault;
  if (domain !== 'onmicrosoft.com' && !MICROSOFT_HOSTS.some((host) => domain === host || domain.endsWith(`.${host}`)))
    return undefined;
  return 'must be the domain of your tenant, such as acme.onmicrosoft.com, not a Microsoft domain';
}

/** @returns the label below `above`, or undefined unless it is exactly one */
function labelBelow(domain: string, above: string): string | undefined {
  if (!domain.endsWith(`.${above}`)) return undefined;
  const label = domain.slice(0, -above.length - 1);
  return label.includes('.') ? undefined : label;
}
