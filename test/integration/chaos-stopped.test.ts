import { makeScenario } from '../../tasks/chaos/make-scenario';
import { playStopped } from '../../tasks/chaos/play-stopped';

const SEEDS = Array.from({ length: 6 }, (_, index) => index + 1);

test('a run that somebody asks to stop at any moment sends nothing 10 s later, tells the truth, and can be undone exactly', async () => {
  const statuses = new Set<string>();
  for (const seed of SEEDS) {
    const { problems, reports } = await playStopped(makeScenario(seed));
    expect({ seed, problems }).toEqual({ seed, problems: [] });
    for (const { status } of reports) statuses.add(status);
  }
  expect(statuses).toContain('stopped');
});
