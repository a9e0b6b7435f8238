import { type Actor } from '../context.js';
import { type RequestStatus, type RequestStatusReason } from '../event-data.js';
import { type Call, type NoData } from './call.js';
import { type Approval } from './flows.js';
import { type Page, type PageQuery } from './pages.js';

export interface RequestRecord {
  id: string;
  integrationId: string;
  flowId: string;
  userId: string;
  groupId: string;
  durationSeconds: number;
  justification: string | null;
  status: RequestStatus;
  statusReason: RequestStatusReason | null;
  /**
   * The approvers are those of the flow when the request was created, without those removed since. If none of them can
   * decide, they are the current approvers of the flow.
   */
  approval: Approval;
  /** Whether the request is pending and no approver can decide it: there is none, or the only one is the requester. */
  undecidable: boolean;
  reviews: ReviewRecord[];
  /** Null for requests of releases that did not store it. */
  requestedBy: Actor | null;
  grantId: string | null;
  createdAt: string;
  expiresAt: string;
  version: number;
}

export interface ReviewRecord {
  /** The user who decided. */
  reviewerId: string;
  verdict: 'approve' | 'deny';
  comment: string | null;
  createdAt: string;
  /** The user as a person, or an API key that decided for the user. Null for reviews of releases that did not store it. */
  reviewedBy: Actor | null;
}

/** The number of pending requests of an integration that no approver can decide. */
export interface UndecidableCount {
  integrationId: string;
  requests: number;
}

export interface RequestCommands {
  'requests.create': Call<
    { flowId: string; userId: string; groupId: string; durationSeconds: number; justification?: string },
    RequestRecord
  >;
  'requests.get': Call<{ id: string }, RequestRecord>;
  'requests.list': Call<
    PageQuery & {
      integrationId?: string;
      status?: RequestStatus;
      userId?: string;
      /** Only requests that one of these users can decide. At most `MAX_PAGE` ids. */
      approverIds?: string[];
    },
    Page<RequestRecord>
  >;
  /** The number of pending requests of an integration. */
  'requests.count': Call<NoData, { openRequests: number }>;
  /** The integrations with pending requests that no approver can decide. */
  'requests.undecidable': Call<NoData, { items: UndecidableCount[] }>;
  'requests.review': Call<
    { id: string; reviewerId: string; verdict: 'approve' | 'deny'; comment?: string },
    RequestRecord
  >;
  'requests.cancel': Call<{ id: string }, RequestRecord>;
}
