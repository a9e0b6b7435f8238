import { createMetrics, metricsText } from './metrics.js';

describe('createMetrics', () => {
  it('labels every sample with its service, in buckets from 1 ms to 60 s', async () => {
    const metrics = createMetrics('gateway');
    metrics.httpRequest.observe({ method: 'GET', route: '/livez', status: 200 }, 0.004);

    const text = await metrics.text();

    const sample = (le: string) =>
      `tidegate_http_request_duration_seconds_bucket{le="${le}",service="gateway",method="GET",route="/livez",status="200"}`;
    expect(text).toContain(`${sample('0.001')} 0`);
    expect(text).toContain(`${sample('0.005')} 1`);
    expect(text).toContain(`${sample('60')} 1`);
  });

  it('records durations and counts with each instrument', async () => {
    const metrics = createMetrics('identity');
    metrics.command.startTimer({ name: 'users.patch' })({ outcome: 'ok' });
    metrics.event.startTimer({ name: 'user.deactivated' })({ outcome: 'retried' });
    metrics.deadLetters.inc({ name: 'user.updated' });

    const text = await metrics.text();

    for (const sample of [
      'tidegate_command_duration_seconds_count{service="identity",name="users.patch",outcome="ok"} 1',
      'tidegate_event_handling_seconds_count{service="identity",name="user.deactivated",outcome="retried"} 1',
      'tidegate_dead_letters_total{name="user.updated",service="identity"} 1',
    ])
      expect(text).toContain(sample);
  });

  it('has no metric of a single service', async () => {
    const names = [...(await createMetrics('identity').text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual([
      'tidegate_command_duration_seconds',
      'tidegate_dead_letters_total',
      'tidegate_event_deliveries_failed_total',
      'tidegate_event_handling_seconds',
      'tidegate_events_ignored_total',
      'tidegate_http_request_duration_seconds',
    ]);
  });

  describe('its gauges', () => {
    const GRANTS = {
      grantsLive: ['tidegate_grants_live', 'Grants that currently give membership'],
      grantsRevoking: ['tidegate_grants_revoking', 'Ended grants that the target has not confirmed'],
    } as const;
    const OUTBOX = { backlog: ['tidegate_outbox_unpublished', 'Committed events that are not yet published'] } as const;
    beforeEach(() => void jest.useFakeTimers());
    afterEach(() => void jest.useRealTimers());
    const later = () => jest.advanceTimersByTimeAsync(2_000);

    it('are read again when the last reading is 2 s old', async () => {
      const metrics = createMetrics('access-flow');
      let backlog = 3;
      metrics.collect(OUTBOX, async () => ({ backlog }));
      metrics.collect(GRANTS, async () => ({ grantsLive: 7, grantsRevoking: 0 }));

      expect(await metrics.text()).toContain('tidegate_outbox_unpublished{service="access-flow"} 3');
      backlog = 0;
      await later();
      const text = await metrics.text();
      expect(text).toContain('tidegate_outbox_unpublished{service="access-flow"} 0');
      expect(text).toContain('tidegate_grants_live{service="access-flow"} 7');
      expect(text).toContain('tidegate_grants_revoking{service="access-flow"} 0');
    });

    it('are read once for concurrent scrapes and scrapes within 2 s', async () => {
      const metrics = createMetrics('access-flow');
      let readings = 0;
      metrics.collect(GRANTS, async () => ({ grantsLive: ++readings }));

      await Promise.all([metrics.text(), metrics.text(), metrics.text()]);
      await jest.advanceTimersByTimeAsync(1_999);
      expect(await metrics.text()).toContain('tidegate_grants_live{service="access-flow"} 1');
      expect(readings).toBe(1);
    });

    it('are absent while their reading fails', async () => {
      const metrics = createMetrics('access-flow');
      expect(await metrics.text()).not.toContain('tidegate_grants_live{');

      let broken = false;
      metrics.collect(GRANTS, async () => {
        if (broken) throw new Error('database unavailable');
        return { grantsLive: 7 };
      });
      await later();
      expect(await metrics.text()).toContain('tidegate_grants_live{service="access-flow"} 7');
      broken = true;
      await later();
      expect(await metrics.text()).not.toContain('tidegate_grants_live{');
      broken = false;
      await later();
      expect(await metrics.text()).toContain('tidegate_grants_live{service="access-flow"} 7');
    });

    it('delay a scrape by at most 2 s, and are not read twice at a time', async () => {
      const metrics = createMetrics('access-flow');
      let readings = 0;
      metrics.collect(GRANTS, () => (readings++, new Promise(() => undefined)));
      for (let i = 0; i < 3; i++) {
        const text = metrics.text();
        await later();
        expect(await text).toContain('# TYPE tidegate_grants_live gauge');
      }
      expect(readings).toBe(1);
    });
  });

  it('includes process metrics on request', async () => {
    expect(await createMetrics('gateway', { processMetrics: true }).text()).toContain('process_cpu_seconds_total');
    expect(await createMetrics('gateway').text()).not.toContain('process_cpu_seconds_total');
  });

  it('merges the services of one process into one valid output', async () => {
    const all = ['gateway', 'identity', 'access-flow'].map((service) => createMetrics(service));
    for (const metrics of all) metrics.deadLetters.inc({ name: 'user.updated' });

    const lines = (await metricsText(all)).split('\n');

    expect(lines.filter((line) => line === '# TYPE tidegate_dead_letters_total counter')).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('tidegate_dead_letters_total{'))).toHaveLength(3);
  });
});
