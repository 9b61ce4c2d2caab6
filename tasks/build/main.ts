import { runInProcess } from '../shared/run-in-process';
import { build } from './command';

runInProcess(build, process.env);
