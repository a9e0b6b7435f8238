/** Where Okta keeps the organizations of its customers. */
const OKTA_DOMAINS = ['okta.com', 'oktapreview.com', 'okta-emea.com', 'okta-gov.com'];
const PERSONAL_MAIL = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com aol.com proton.me ' +
    'protonmail.com gmx.com gmx.net gmx.de web.de mail.com zoho.com yandex.com yandex.ru mail.ru qq.com 163.com'
  ).split(' '),
);
/** RFC 1123 §2.1, with a dot at least. */
const HOST_NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,63}$/u;

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
 * @param domain in lower case
 * @param allowed domains of organizations that do not live under okta.com
 * @returns the sentence that says why the domain is no Okta organization, or undefined
 */
export function domainFault(domain: string, allowed: readonly string[]): string | undefined {
  if (PERSONAL_MAIL.has(domain))
    return 'is a personal mail domain: Okta integration is only possible with an organization account';
  if (!HOST_NAME.test(domain)) return 'must be a host name, such as example.okta.com';
  if (allowed.includes(domain) || OKTA_DOMAINS.some((okta) => domain.endsWith(`.${okta}`))) return undefined;
  return `must be an Okta organization (${OKTA_DOMAINS.map((okta) => `*.${okta}`).join(', ')}) or be listed in ALLOWED_DOMAINS`;
}
