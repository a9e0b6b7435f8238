import { currentReviews } from './current-reviews.rule.js';

const reviews = [{ round: 0 }, { round: 1 }, { round: 1 }];

it.each([
  [0, 1],
  [1, 2],
  [2, 0],
])('round %i has %i of the reviews', (round, count) => {
  const current = currentReviews({ round, reviews });
  expect(current).toEqual(Array.from({ length: count }, () => ({ round })));
});
