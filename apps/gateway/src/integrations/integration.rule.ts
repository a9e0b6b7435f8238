/** Where Okta keeps the organizations of its customers. */
const OKTA_DOMAINS = ['okta.com', 'oktapreview.com', 'okta-emea.com', 'okta-gov.com'];
const PERSONAL_MAIL = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com aol.com proton.me ' +
    'protonmail.com gmx.com gmx.net gmx.de web.de mail.com zoho.com yandex.com yandex.ru mail.ru qq.com 163.com'
  ).split(' '),
);
/** RFC 1123 §2.1, with a dot at least, and a last label that is no number: that would be an address. */
const HOST_NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,63}$/u;
/** `acme-admin.okta.com`: the address of an organization's administration, which people copy from their browser. */
const ADMIN_HOST = new RegExp(`^([a-z0-9-]+)-admin\\.(${OKTA_DOMAINS.join('|').replaceAll('.', '\\.')})$`);
/** Sites of Okta itself. */
const OKTA_SITES = new Set('www login support developer help trust status'.split(' '));
const MICROSOFT_HOSTS = ['microsoft.com', 'microsoftonline.com', 'azure.com', 'windows.net'];

/** @returns the sentence that says what is wrong with an integration's name, or undefined */
export function nameFault(name: string): string | undefined {
  if (NAME.test(name) && !name.endsWith(' ')) return undefined;
  return 'must be 1 to 64 letters, digits, spaces, hyphens or underscores, and begin with a letter or digit';
}

/** The key under which a name is unique: without regard to case and to how its letters are composed. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/**
 * The host of what people paste for a domain: a whole address gives its host, the address of an Okta administration its
 * organization.
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

/** @returns the sentence that says why the domain (see `domainOf`) is that of no organization, or undefined */
export function hostFault(domain: string): string | undefined {
  if (domain.includes('@')) return 'must be a domain and no mail address';
  if (PERSONAL_MAIL.has(domain))
    return 'is a personal mail domain: an integration is only possible with an organization account';
  return HOST_NAME.test(domain) ? undefined : 'must be a host name, such as example.com';
}

/**
 * @param domain see `domainOf`
 * @param allowed domains of organizations that do not live under okta.com
 * @returns the sentence that says why the domain is no Okta organization, or undefined
 */
export function oktaDomainFault(domain: string, allowed: readonly string[]): string | undefined {
  const fault = hostFault(domain);
  if (fault) return fault;
  if (allowed.includes(domain)) return undefined;
  const organization = OKTA_DOMAINS.map((okta) => labelBelow(domain, okta)).find((label) => label !== undefined);
  if (organization !== undefined && OKTA_SITES.has(organization)) return "is a site of Okta's own and no organization";
  if (organization !== undefined) return undefined;
  return `must be an Okta organization (${OKTA_DOMAINS.map((okta) => `*.${okta}`).join(', ')}) or be listed in ALLOWED_DOMAINS`;
}

/** @returns the sentence that says why the domain is that of no Entra tenant, or undefined */
export function entraDomainFault(domain: string): string | undefined {
  const fault = hostFault(domain);
  if (fault) return fault;
  if (domain !== 'onmicrosoft.com' && !MICROSOFT_HOSTS.some((host) => domain === host || domain.endsWith(`.${host}`)))
    return undefined;
  return "must be the tenant's own domain, such as acme.onmicrosoft.com, and no address of Microsoft";
}

/** @returns the one label that stands before a domain, or undefined when there are none or more */
function labelBelow(domain: string, above: string): string | undefined {
  if (!domain.endsWith(`.${above}`)) return undefined;
  const label = domain.slice(0, -above.length - 1);
  return label.includes('.') ? undefined : label;
}
