import { drawCrowd } from '../../tasks/chaos/draw-crowd';
import { makeScenario } from '../../tasks/chaos/make-scenario';
import { playCrowd } from '../../tasks/chaos/play-crowd';

const SEEDS = Array.from({ length: 8 }, (_, index) => index + 1);

test('two or three runs at once, delivered more than once and killed, never change anybody at the same time', async () => {
  for (const seed of SEEDS) {
    const { problems } = await playCrowd(makeScenario(seed, { time: false }));
    expect({ seed, problems }).toEqual({ seed, problems: [] });
  }
});

test('every way to start a run, deliveries that come again, and kills are drawn', () => {
  const runs = SEEDS.flatMap((seed) => drawCrowd(makeScenario(seed, { time: false })));

  expect(new Set(runs.map(({ start }) => start)).size).toBe(3);
  expect(new Set(runs.map(({ action }) => action)).size).toBe(3);
  expect(new Set(runs.map(({ atMs }) => atMs.length)).size).toBe(3);
  expect(runs.some(({ killAfterMs }) => killAfterMs.some(Number.isFinite))).toBe(true);
  expect(drawCrowd(makeScenario(7))).toEqual(drawCrowd(makeScenario(7)));
});

test('a seed plays the same crowd each time, so that what it finds can be looked at again', async () => {
  const scenario = makeScenario(5, { time: false });

  expect((await playCrowd(scenario)).log).toEqual((await playCrowd(scenario)).log);
});
