import { drawWipes } from '../../tasks/chaos/check-wiped';
import { makeScenario } from '../../tasks/chaos/make-scenario';
import { playScenario } from '../../tasks/chaos/play-scenario';
import { SEED_GROUPS } from '../support/chaos-seeds';

test.each(SEED_GROUPS)(
  'seed %i and nine more: every run ends, its reports are true, nobody is changed who is to be left alone, and no rule of the platform is broken',
  async (...seeds) => {
    for (const seed of seeds) {
      const { problems } = await playScenario(makeScenario(seed));
      expect({ seed, problems }).toEqual({ seed, problems: [] });
    }
  }
);

test('the seeds that the tests play draw every action, and locks that wipe', () => {
  const scenarios = SEED_GROUPS.flat().map((seed) => makeScenario(seed));

  expect(new Set(scenarios.map(({ action }) => action))).toEqual(new Set(['lock', 'unlock', 'undo', 'reauthenticate']));
  expect(scenarios.map((scenario) => drawWipes(scenario).switches.wipeFalse)).toContain('wipes');
});
