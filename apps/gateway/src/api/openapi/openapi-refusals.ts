import { Refusal } from '@tidegate/contracts';
import { StepUpNeeded } from '../../callers/access.rule.js';
import { unauthorized } from '../../http/bearer.rule.js';
import { InvalidFields } from '../../http/invalid-fields.error.js';
import { type Problem, problemOf } from '../../callers/problem.view.js';

/** What determines the refusals of an operation. */
export interface OperationTraits {
  hasBody: boolean;
  /** Parameters besides those in the path. */
  hasParameters: boolean;
  hasPathParameters: boolean;
  /** Admits only callers with a scope, or changes data. */
  isRestricted: boolean;
}

interface RefusalRow {
  status: number | 'default';
  description: string;
  /** Errors whose responses are the examples, by name. */
  examples: Readonly<Record<string, Error>>;
  headers?: Readonly<Record<string, string>>;
  applies: (traits: OperationTraits) => boolean;
}

const RETRY = { 'Retry-After': 'Seconds to wait before the next attempt.' };
const always = () => true;

/** The refusals that mean the same in all operations, by the name of their response in the document. */
export const REFUSALS: Readonly<Record<string, RefusalRow>> = {
  Invalid: {
    status: 400,
    description: 'A field or parameter is wrong or unknown. `errors` describes each.',
    examples: { invalid: new InvalidFields({ limit: 'must not be greater than 200' }) },
    applies: ({ hasBody, hasParameters }) => hasBody || hasParameters,
  },
  Unauthorized: {
    status: 401,
    description:
      'The credential is missing or wrong. Operations on credentials and rights also require a login within the last ten ' +
      'minutes: send the person to `/login?again=1&returnTo=<path>` and repeat the call.',
    examples: { credential: unauthorized(), loginAgain: new StepUpNeeded() },
    headers: { 'WWW-Authenticate': 'The challenge (RFC 6750 §3, RFC 9470 §3).' },
    applies: always,
  },
  NotAllowed: {
    status: 403,
    description: 'The caller does not have the required scope or role, or a rule does not allow it.',
    examples: { scope: new Refusal('notAllowed', 'This requires an API key with the scope access:write.') },
    applies: ({ isRestricted }) => isRestricted,
  },
  Missing: {
    status: 404,
    description: 'The resource does not exist, or the caller has no access to it.',
    examples: { missing: new Refusal('missing', 'No such resource.') },
    applies: ({ hasPathParameters }) => hasPathParameters,
  },
  TooLarge: {
    status: 413,
    description: 'The body is larger than 1 MiB.',
    examples: { tooLarge: new Refusal('tooLarge', 'The body is too large.') },
    applies: ({ hasBody }) => hasBody,
  },
  NotJson: {
    status: 415,
    description: 'The body is not JSON.',
    examples: {
      notJson: new Refusal('unsupportedType', 'Send the body as application/scim+json or application/json.'),
    },
    applies: ({ hasBody }) => hasBody,
  },
  TooMany: {
    status: 429,
    description: 'Too many wrong API keys from this address, too many event streams, or too much work in progress.',
    examples: {
      wrongKeys: new Refusal('tooManyRequests', 'Too many wrong API keys from your address. Try again in a minute.'),
    },
    headers: RETRY,
    applies: always,
  },
  Unavailable: {
    status: 503,
    description: 'There was no result in time. The outcome of a write is unknown: check before you repeat it.',
    examples: { unavailable: new Refusal('unavailable', 'The message broker is unavailable.') },
    headers: RETRY,
    applies: always,
  },
  OtherError: {
    status: 'default',
    description: 'Another error.',
    examples: { internal: new Error() },
    applies: always,
  },
};

const REQUEST_ID = '01a20a8b-f48b-7721-8f3c-12a20e52c6be';
const PROBLEM = { $ref: '#/components/schemas/Problem' };

const exampleOf = (error: Error): Problem => problemOf(error, REQUEST_ID);

/** @returns the content of a response with a problem. @param errors errors whose responses are the examples, by name */
export function problemContent(errors: Readonly<Record<string, Error>>): Record<string, object> {
  const examples = Object.entries(errors).map(([name, error]) => [name, { value: exampleOf(error) }] as const);
  const [first, ...others] = examples;
  const shown = first && others.length === 0 ? { example: first[1].value } : { examples: Object.fromEntries(examples) };
  return { 'application/problem+json': { schema: PROBLEM, ...shown } };
}

/** @returns the responses of `REFUSALS`, as components of the document */
export const refusalResponses = (): Record<string, { description: string; content: Record<string, object> }> =>
  Object.fromEntries(
    Object.entries(REFUSALS).map(([name, { description, headers = {}, examples }]) => [
      name,
      {
        description,
        headers: Object.fromEntries(
          Object.entries(headers).map(([header, text]) => [header, { description: text, schema: { type: 'string' } }]),
        ),
        content: problemContent(examples),
      },
    ]),
  );
