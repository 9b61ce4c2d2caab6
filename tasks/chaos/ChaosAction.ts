/** What a scenario's run does. `undo` undoes a run that locked users before everything went wrong. */
export type ChaosAction = 'lock' | 'unlock' | 'reauthenticate' | 'undo';
