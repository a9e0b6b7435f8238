import { readTrace, type SpanRule } from '@tidegate/observability';
import { type Job } from './job.js';

/** One attempt to do a job. Its parent is the change that added the job, however long ago that was. */
export const JOB: SpanRule<Job> = {
  kind: 'internal',
  name: ({ kind }) => `job ${kind}`,
  attributes: ({ kind, key, attempts, integrationId }) => ({
    'tidegate.job.kind': kind,
    'tidegate.job.key': key,
    'tidegate.job.attempts': attempts,
    'tidegate.integration_id': integrationId,
  }),
  parent: ({ traceparent, tracestate }) => readTrace(traceparent, tracestate),
};

/** The remote part of a job. The local part is a transaction. */
export const JOB_RUN: SpanRule<string> = {
  kind: 'internal',
  name: (kind) => `run ${kind}`,
  attributes: (kind) => ({ 'tidegate.job.kind': kind }),
  nested: true,
};
