import { runInProcess } from '../shared/run-in-process';
import { reference } from './command';

runInProcess(reference, process.env);
