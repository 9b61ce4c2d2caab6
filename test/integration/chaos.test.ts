import { makeScenario } from '../../tasks/chaos/make-scenario';
import { playKilled, playScenario } from '../../tasks/chaos/play-scenario';

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);
const GROUPS = [0, 1, 2, 3].map((group) => SEEDS.slice(group * 50, group * 50 + 50));

test.each(GROUPS)(
  'from seed %i on: every run ends, its reports are true, nobody is changed who is to be left alone, and no rule of the platform is broken',
  async (...seeds) => {
    for (const seed of seeds) {
      const { problems } = await playScenario(makeScenario(seed));
      expect({ seed, problems }).toEqual({ seed, problems: [] });
    }
  }
);

test.each(GROUPS)(
  'from seed %i on: a run that is killed at any moment and triggered again ends as an undisturbed one',
  async (...seeds) => {
    for (const seed of seeds) {
      const { problems } = await playKilled(makeScenario(seed));
      expect({ seed, problems }).toEqual({ seed, problems: [] });
    }
  }
);
