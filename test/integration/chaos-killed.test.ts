import { makeScenario } from '../../tasks/chaos/make-scenario';
import { playKilled } from '../../tasks/chaos/play-scenario';
import { SEED_GROUPS } from '../support/chaos-seeds';

test.each(SEED_GROUPS)(
  'seed %i and nine more: a run that is killed at any moment and triggered again ends as an undisturbed one',
  async (...seeds) => {
    for (const seed of seeds) {
      const { problems } = await playKilled(makeScenario(seed));
      expect({ seed, problems }).toEqual({ seed, problems: [] });
    }
  }
);
