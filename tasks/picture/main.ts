import { runInProcess } from '../shared/run-in-process';
import { picture } from './command';

runInProcess(picture, process.env);
