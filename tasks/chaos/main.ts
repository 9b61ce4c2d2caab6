import { runInProcess } from '../shared/run-in-process';
import { chaos } from './command';

runInProcess(chaos, process.env);
