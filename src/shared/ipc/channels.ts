/** The three wire channels between preload and main. Everything else is a name inside them. */
export const requestChannel = 'tessera:request';
export const eventChannel = 'tessera:event';
export const dropChannel = 'tessera:drop';
