import { type ApprovalStep, type RequestReply } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration } from './integration.js';

describe('The escalation of a step', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });
  afterEach(async () => expect(await accessFlow.failures()).toEqual([]));

  const step = (): ApprovalStep => {
    const [own, escalated] = [...integration.by('bob'), ...integration.by('carol')];
    return { ...own!, escalation: { ...escalated!, afterSeconds: HOUR } };
  };
  const read = ({ id }: RequestReply) => integration.ask('requests.get', { id });
  const deciders = async (request: RequestReply) => integration.deciders(await read(request));
  /** Lets time pass for the request, and runs the jobs that are due. */
  const pass = async ({ id }: RequestReply, seconds: number) => {
    await accessFlow.rows(
      `UPDATE access_flow.requests SET step_opened_at = step_opened_at - make_interval(secs => $2) WHERE id = $1`,
      [id, seconds],
    );
    await accessFlow.rows(`UPDATE access_flow.jobs SET run_at = now() WHERE key = $1 AND kind = 'request.escalate'`, [
      id,
    ]);
    await accessFlow.runDeadlines();
  };

  it('adds its approvers after its time; those of the step can still decide', async () => {
    const flow = await integration.flow({ steps: [step()] });
    const requests = [await integration.request(flow, 'alice'), await integration.request(flow, 'dan')];
    const { stepOpenedAt } = (
      await accessFlow.rows<{ stepOpenedAt: Date }>(
        `SELECT step_opened_at AS "stepOpenedAt" FROM access_flow.requests WHERE id = $1`,
        [requests[0]!.id],
      )
    )[0]!;
    const escalatesAt = new Date(stepOpenedAt.getTime() + HOUR * 1000).toISOString();
    expect(requests[0]).toMatchObject({ steps: [{ escalatesAt }] });
    await expect(integration.review(requests[0]!, 'carol')).rejects.toMatchObject({ code: 'notAllowed' });
    for (const request of requests) await pass(request, HOUR);
    const escalated = await read(requests[0]!);
    expect(integration.deciders(escalated)).toEqual(['bob', 'carol']);
    expect(escalated).toMatchObject({ steps: [{ escalatesAt: null }] });
    expect(await integration.review(requests[0]!, 'carol')).toMatchObject({ status: 'approved' });
    expect(await integration.review(requests[1]!, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('does not happen before its time, however often the job runs', async () => {
    const request = await integration.request(await integration.flow({ steps: [step()] }), 'alice');
    await pass(request, HOUR - 60);
    await pass(request, 0);
    expect(await deciders(request)).toEqual(['bob']);
    await pass(request, 60);
    expect(await deciders(request)).toEqual(['bob', 'carol']);
  });

  it('happens at once when the approvers of the step have left', async () => {
    const request = await integration.request(await integration.flow({ steps: [step()] }), 'alice');
    await integration.deactivate('bob');
    expect(await read(request)).toMatchObject({ undecidable: false });
    expect(await deciders(request)).toEqual(['carol']);
  });

  it('of one step does not hold for the next', async () => {
    const next = { ...step(), approvers: integration.by('dan')[0]!.approvers };
    const request = await integration.request(await integration.flow({ steps: [step(), next] }), 'alice');
    await pass(request, HOUR);
    await integration.review(request, 'bob');
    expect(await deciders(request)).toEqual(['dan']);
    await pass(request, HOUR);
    expect(await deciders(request)).toEqual(['carol', 'dan']);
  });

  it('of a decided request does nothing', async () => {
    const request = await integration.request(await integration.flow({ steps: [step()] }), 'alice');
    await integration.review(request, 'bob', 'deny');
    await pass(request, HOUR);
    expect(await read(request)).toMatchObject({ status: 'denied' });
    await expect(integration.review(request, 'carol')).rejects.toMatchObject({ code: 'notAllowed' });
  });
});
