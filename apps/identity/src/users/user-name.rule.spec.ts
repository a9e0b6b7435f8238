import { type ScimAttributes } from '@tidegate/scim';
import { checkUserName } from './user-name.rule.js';
import { newUser, writeUser } from './users.rule.js';

const SPOOFED = 'carol\u202enad@example.com';
const at = new Date();
const user = (userName: string, active = true) => newUser({ userName, active }, at);

describe('a userName with characters that change the direction of text', () => {
  it.each([0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069])('is refused with %i', (code) => {
    const refused = () => checkUserName(user(`dan${String.fromCharCode(code)}@example.com`));
    expect(refused).toThrow(
      expect.objectContaining({ code: 'invalidValue', detail: expect.stringMatching(/userName/) }),
    );
  });

  it('is not confused with right-to-left scripts or joiners', () => {
    for (const name of ['דן@example.com', 'دان', 'नमस्\u200dते', 'dan\u200e'])
      expect(() => checkUserName(user(name))).not.toThrow();
  });

  it('does not prevent other changes or a deactivation by a write that contains it', () => {
    const before = user(SPOOFED);
    const writes: ScimAttributes[] = [
      { userName: SPOOFED, active: false },
      { userName: SPOOFED, title: 'x' },
    ];
    for (const attributes of writes)
      expect(() => checkUserName(writeUser(before, attributes, at), before)).not.toThrow();
    const renamed = writeUser(user('dan'), { userName: SPOOFED, active: false }, at);
    expect(() => checkUserName(renamed, user('dan'))).not.toThrow();
  });

  it('is refused for an active user, and its user cannot be reactivated', () => {
    const dan = user('dan');
    expect(() => checkUserName(writeUser(dan, { userName: SPOOFED }, at), dan)).toThrow('direction');
    const inactive = user(SPOOFED, false);
    expect(() => checkUserName(writeUser(inactive, { userName: SPOOFED, active: true }, at), inactive)).toThrow(
      'direction',
    );
  });
});
