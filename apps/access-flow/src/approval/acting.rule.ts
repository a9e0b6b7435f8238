import { type Actor } from '@tidegate/contracts';
import { createHash } from 'node:crypto';
import { personOf } from '../common/acting-person.rule.js';
import { currentReviews } from './current-reviews.rule.js';
import { type ActingRules } from './routing.rule.js';

/** The reviews of a request, as far as they decide who may act. */
interface GivenReview {
  round: number;
  step: number;
  reviewerKey: string;
}

/** @returns the key of a reviewer: a user, or a person without a user in the integration, by login */
export function reviewerKeyOf(reviewer: { userId: string } | { issuer: string; subject: string }): string {
  if ('userId' in reviewer) return reviewer.userId;
  const login = JSON.stringify([reviewer.issuer, reviewer.subject]);
  return `login:${createHash('sha256').update(login).digest('base64url')}`;
}

/** @returns the key of the person who made a request; the requester if no person is known */
function makerKeyOf(requestedBy: Actor | null, requester: string): string {
  const person = personOf(requestedBy);
  if (!person) return requester;
  return reviewerKeyOf(person.userId === undefined ? person : { userId: person.userId });
}

/** @returns what decides who may act on a step of a request */
export function actingRules(
  request: { userId: string; requestedBy: Actor | null; round: number; reviews: readonly GivenReview[] },
  step: number,
  { allowSelf = false, distinctApprovers }: { allowSelf?: boolean | undefined; distinctApprovers: boolean },
): ActingRules {
  const given = currentReviews(request);
  const keysOf = (reviews: readonly GivenReview[]) => new Set(reviews.map(({ reviewerKey }) => reviewerKey));
  return {
    requester: request.userId,
    madeBy: makerKeyOf(request.requestedBy, request.userId),
    allowSelf,
    distinctApprovers,
    reviewedStep: keysOf(given.filter((review) => review.step === step)),
    reviewedEarlier: keysOf(given.filter((review) => review.step < step)),
  };
}
