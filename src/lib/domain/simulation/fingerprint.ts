/** By this the lab's own simulator says what it is; whatever an endpoint answers under it is labelled simulated. */
export const SIMULATED_FINGERPRINT = 'limen-simulated-observer';
