import { runInProcess } from '../shared/run-in-process';
import { demo } from './command';

runInProcess(demo, process.env);
