import { runInProcess } from '../shared/run-in-process';
import { local } from './command';

runInProcess(local, process.env);
