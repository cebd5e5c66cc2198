export {
  InspectorPortal,
  setActionsSlot,
  setInspectorSlot,
  TopActions,
  useSlots,
} from './slots';
