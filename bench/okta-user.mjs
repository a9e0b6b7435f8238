const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE_USER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/**
 * The body of Okta's POST /Users with the usual profile attributes mapped, about 1.3 kB.
 * @param {string} login unique for each user
 */
export function oktaUser(login) {
  const userName = `${login}@acme.example`;
  return {
    schemas: [USER, ENTERPRISE_USER],
    userName,
    name: { givenName: 'Alice', middleName: 'Maria', familyName: 'Andersson', honorificPrefix: 'Dr.' },
    emails: [
      { primary: true, value: userName, type: 'work' },
      { primary: false, value: `${login}@home.example`, type: 'home' },
    ],
    displayName: `Alice Andersson (${login})`,
    nickName: 'Ali',
    title: 'Senior Site Reliability Engineer',
    userType: 'Employee',
    preferredLanguage: 'sv-SE',
    locale: 'en-US',
    timezone: 'Europe/Stockholm',
    phoneNumbers: [
      { primary: true, value: '+46 8 555 010 01', type: 'work' },
      { primary: false, value: '+46 70 555 01 02', type: 'mobile' },
    ],
    addresses: [
      {
        primary: true,
        type: 'work',
        streetAddress: 'Norra Bantorget 17, floor 4',
        locality: 'Stockholm',
        region: 'Stockholms län',
        postalCode: '111 20',
        country: 'SE',
        formatted: 'Norra Bantorget 17, floor 4\n111 20 Stockholm\nSweden',
      },
    ],
    [ENTERPRISE_USER]: {
      employeeNumber: login,
      costCenter: 'CC-4130',
      organization: 'Acme Nordics',
      division: 'Engineering',
      department: 'Infrastructure and Reliability',
      manager: { value: '00u1bobmanager000000', displayName: 'Bob Berg' },
    },
    externalId: `00u${login}`,
    groups: [],
    password: '1mz050nq',
    active: true,
  };
}
