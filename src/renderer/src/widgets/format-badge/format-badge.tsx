import { Box, FileQuestion, Flame, Grid3x3, Layers, type LucideIcon, Workflow } from 'lucide-react';
import type { FormatName } from '../../../../shared/domain';
import { visibleText } from '../../lib/hostile-text';
import './format-badge.css';

const icons: Readonly<Record<FormatName, LucideIcon>> = {
  safetensors: Layers,
  gguf: Box,
  pytorch: Flame,
  onnx: Workflow,
  numpy: Grid3x3,
  opaque: FileQuestion,
};

const meanings: Readonly<Record<FormatName, string>> = {
  safetensors: 'safetensors: a header and raw tensors',
  gguf: 'GGUF: tensors, often quantised, with tokenizer and settings',
  pytorch: 'PyTorch: a pickle and its tensors',
  onnx: 'ONNX: a graph of operators and its tensors',
  numpy: 'NumPy: arrays',
  opaque: 'opaque: no reader understands it; kept as bytes',
};

interface FormatBadgeProps {
  readonly format: FormatName;
  /** Why nobody reads it, for `opaque`. */
  readonly reason?: string | undefined;
}

/** A format by its name and a sign of its own; what nobody reads has a dashed border. */
export function FormatBadge({ format, reason }: FormatBadgeProps) {
  const Icon = icons[format];
  const title = reason === undefined ? meanings[format] : `opaque: ${visibleText(reason)}`;
  return (
    <span className={`format-badge format-${format}`} title={title}>
      <Icon size={12} strokeWidth={2} aria-hidden="true" />
      {format}
    </span>
  );
}
