import { runInProcess } from '../shared/run-in-process';
import { bench } from './command';

runInProcess(bench, process.env);
