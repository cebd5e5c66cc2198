import { createContext, useContext } from 'react';
import type { ModelId } from '../../../../../shared/base';

/** The model whose metadata a tree shows: whom to ask for what is not at hand. */
export const MetadataModel = createContext<ModelId | undefined>(undefined);

export const useMetadataModel = (): ModelId | undefined => useContext(MetadataModel);
