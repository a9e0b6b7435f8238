import { validated } from '../dto/validate.js';
import { OfId } from './common.dto.js';
import { CreateRequest, ReviewRequest } from './requests.dto.js';

const ID = '01900000-0000-7000-8000-000000000001';
const request = { flowId: ID, userId: ID, groupId: ID, durationSeconds: 3600 };
const review = { id: ID, reviewerId: ID, verdict: 'approve' };

it('a review command needs the request and the verdict', () => {
  for (const field of ['id', 'verdict'])
    expect(() => validated(ReviewRequest, { ...review, [field]: undefined })).toThrow(`${field} `);
  expect({ ...validated(ReviewRequest, { ...review, comment: ' until noon ' }) }).toEqual({
    ...review,
    comment: 'until noon',
  });
});

it.each([undefined, '', ' \t\n'])('the blank comment %j and the blank justification are absent', (blank) => {
  expect(validated(ReviewRequest, { ...review, comment: blank }).comment).toBeUndefined();
  expect(validated(CreateRequest, { ...request, justification: blank }).justification).toBeUndefined();
});

it.each([
  ['x', 1000],
  ['\u{1f600}', 1000],
  ['x\ufe0f', 500],
])('a justification of characters like %j has at most 1,000 of them', (text, count) => {
  const justification = text.repeat(count);
  expect(validated(CreateRequest, { ...request, justification })).toMatchObject({ justification });
  const tooLong = { ...request, justification: `${justification}x` };
  expect(() => validated(CreateRequest, tooLong)).toThrow('justification must have 1 to 1000 characters');
});

it('ids are UUIDs of any version, so that an unknown id is missing and not invalid', () => {
  const id = '00000000-0000-0000-0000-00000000000a';
  expect(validated(OfId, { id: id.toUpperCase() }).id).toBe(id);
  for (const invalid of [`${id}0`, `{${id}}`, '', null, [id], { id }])
    expect(() => validated(OfId, { id: invalid })).toThrow('id must be a UUID');
});
