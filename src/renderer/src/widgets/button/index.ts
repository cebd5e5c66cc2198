export { Button, type ButtonProps, IconButton, Segmented } from './button';
