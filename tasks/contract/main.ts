import { runInProcess } from '../shared/run-in-process';
import { contract } from './command';

runInProcess(contract, process.env);
