import { type Actor, type Recipient, type TimelineEntry, type TimelineKind, type Verdict } from '@tidegate/contracts';
import { inWords } from '../common/in-words.rule.js';
import { actorName, listOf, type Naming, shownActor, shownOf } from './timeline-names.js';

/** Something that happened, as it is stored. The members of `data` that an entry has depend on its kind. */
export interface StoredEntry {
  at: Date;
  kind: TimelineKind;
  actor: Actor | null;
  data: EntryData;
}

/** The details of all kinds of entries. */
export interface EntryData {
  step?: number;
  approvers?: { kind: Recipient['kind']; approverId: string }[];
  recipients?: Recipient[];
  /** Of a notification, of the end of the request, or of the end of the grant. */
  reason?: string | null;
  reviewerId?: string | null;
  verdict?: Verdict;
  comment?: string | null;
  text?: string;
  status?: string;
  flowVersion?: number;
  seconds?: number;
  startsAt?: string;
  endsAt?: string;
  justification?: string | null;
}

/** The users and groups that an entry refers to, besides its actor. */
export function entryIds({ data }: Pick<StoredEntry, 'data'>): string[] {
  const { approvers = [], recipients = [], reviewerId } = data;
  const ids = [...approvers.map(({ approverId }) => approverId), ...recipients.map(({ id }) => id), reviewerId];
  return ids.filter((id): id is string => Boolean(id));
}

/** @returns the entry with a sentence, and with the names of those that the caller may see */
export function timelineEntry({ at, kind, actor, data }: StoredEntry, naming: Naming): TimelineEntry {
  const { approvers, recipients, reviewerId, ...rest } = data;
  const listed = approvers?.map(({ kind: of, approverId }) => ({ kind: of, id: approverId })) ?? recipients;
  const people = listed && { [approvers ? 'approvers' : 'recipients']: shownOf(listed, naming) };
  const reviewer = reviewerId && naming.shows(reviewerId) ? { reviewerId } : {};
  return {
    at: at.toISOString(),
    kind,
    actor: shownActor(actor, naming),
    text: sentenceOf(kind, actor, data, naming),
    data: { ...rest, ...reviewer, ...people },
  };
}

type Sentence = (who: string, data: EntryData, naming: Naming) => string;

const step = ({ step: index }: EntryData) => `step ${(index ?? 0) + 1}`;
const words = (reason: string | null | undefined) => (reason ?? '').replaceAll('_', ' ');
const because = ({ reason }: EntryData) => (reason ? ` (${words(reason)})` : '');

const SENTENCES: Record<TimelineKind, Sentence> = {
  created: (who) => `${who} made the request.`,
  step_opened: (_, data, naming) => `${upper(step(data))} opened for ${approversOf(data, naming)}.`,
  approvers_changed: (_, data, naming) => `The approvers of ${step(data)} are now ${approversOf(data, naming)}.`,
  escalated: (_, data, naming) => `${upper(step(data))} escalated. Its approvers are now ${approversOf(data, naming)}.`,
  restarted: (who) => `The access flow changed, by ${lower(who)}. The approval starts again.`,
  reviewed: (who, data, naming) =>
    `${reviewerOf(who, data, naming)} ${data.verdict === 'deny' ? 'denied' : 'approved'} ${step(data)}.`,
  commented: (who) => `${who} commented.`,
  notified: (_, { reason, recipients = [] }, naming) =>
    `A notification (${words(reason)}) is due to ${listOf(recipients, naming)}.`,
  decided: (who, data) =>
    data.status === 'expired'
      ? 'The request expired.'
      : `The request was ${data.status}${because(data)}, by ${lower(who)}.`,
  extended: (who, { seconds = 0 }) => `${who} extended the grant by ${inWords(seconds)}.`,
  granted: () => 'The grant was created.',
  scheduled: () => 'The grant was created. It starts later.',
  activated: () => 'The grant took effect.',
  revoking: (_, data) => `The end of the grant was decided${because(data)}.`,
  ended: (_, data) => `The grant ended${because(data)}.`,
};

function sentenceOf(kind: TimelineKind, actor: Actor | null, data: EntryData, naming: Naming): string {
  return SENTENCES[kind](actorName(actor, naming), data, naming);
}

function reviewerOf(who: string, { reviewerId }: EntryData, { names, shows }: Naming): string {
  const name = reviewerId && shows(reviewerId) ? names.users[reviewerId]?.userName : undefined;
  return name ?? who;
}

const upper = (text: string) => text[0]!.toUpperCase() + text.slice(1);
/** Keeps names as they are. */
const lower = (who: string) => (/^(A|An|The) /.test(who) ? who[0]!.toLowerCase() + who.slice(1) : who);

const approversOf = ({ approvers = [] }: EntryData, naming: Naming) =>
  listOf(
    approvers.map(({ kind, approverId }) => ({ kind, id: approverId })),
    naming,
  );
