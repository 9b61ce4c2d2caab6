import { makeScenario } from '../../tasks/chaos/make-scenario';
import { playScenario } from '../../tasks/chaos/play-scenario';
import { SEED_GROUPS } from '../support/chaos-seeds';

test.each(SEED_GROUPS)(
  'from seed %i on: every run ends, its reports are true, nobody is changed who is to be left alone, and no rule of the platform is broken',
  async (...seeds) => {
    for (const seed of seeds) {
      const { problems } = await playScenario(makeScenario(seed));
      expect({ seed, problems }).toEqual({ seed, problems: [] });
    }
  }
);
