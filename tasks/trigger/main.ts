import { runInProcess } from '../shared/run-in-process';
import { trigger } from './command';

runInProcess(trigger, process.env);
