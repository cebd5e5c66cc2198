export { type SharingParts, sharingParts, sharingText } from './sharing';
export { SharingBar, SharingLegend } from './sharing-bar';
