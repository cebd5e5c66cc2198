import { ChevronsUpDown, FileQuestion } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { Group, Panel, Separator } from 'react-resizable-panels';
import type { ModelSummary, TensorTreeNode } from '../../../../shared/domain';
import { counted, formatParameters, useBytes } from '../../lib/format';
import { useCommands } from '../../state/commands';
import { exportManifest } from '../../state/exporting';
import { useNavigation } from '../../state/navigation';
import { useModel, useModels } from '../../state/sources';
import { useUi } from '../../state/ui';
import { Button, Segmented } from '../../widgets/button';
import { Card } from '../../widgets/card';
import { EmptyState, Skeleton } from '../../widgets/empty-state';
import { FormatBadge } from '../../widgets/format-badge';
import { InspectorPortal, TopActions } from '../../widgets/slots';
import { ModelInspector } from './inspector/model-inspector';
import { TensorInspector } from './inspector/tensor-inspector';
import { ModelChooser } from './model-chooser';
import { TensorTable } from './tensor-table';
import { isLeaf, mainFolder, parentPrefix } from './tree/flatten';
import { TensorTree } from './tree/tensor-tree';
import { useTree } from './tree/use-tree';
import { toggled, useView, useViews } from './view-state';
import { WrappedName } from './wrapped-name';
import './explore.css';
import './inspector/inspector.css';

/** One model from the inside: the tree of its tensors, their table, and what is known of each. */
export function ExploreScreen() {
  const modelId = useNavigation((state) => state.location.modelId);
  const model = useModel(modelId);
  const { models, loaded } = useModels();
  const [first, second] = models;
  const only = second === undefined && !model ? first?.id : undefined;
  useEffect(() => {
    if (only) useNavigation.getState().replace({ screen: 'explore', modelId: only });
  }, [only]);
  if ((modelId && !loaded) || only)
    return (
      <div className="screen">
        <Skeleton />
      </div>
    );
  if (!model) {
    return (
      <div className="screen">
        <ModelChooser />
      </div>
    );
  }
  // Another model, or the same one read again with other contents, starts with a fresh tree.
  return <ExploreModel key={`${model.id} ${model.tensors} ${model.logicalBytes}`} model={model} />;
}

function ExploreModel({ model }: { readonly model: ModelSummary }) {
  const tensor = useNavigation((state) => state.location.tensor);
  useCommands(
    [
      {
        id: 'export-manifest',
        title: 'Export the manifest…',
        group: 'Model',
        run: () => void exportManifest(model.id),
      },
    ],
    model.id,
  );
  return (
    <div className="screen">
      <Head model={model} />
      {model.tensors === 0 ? (
        <NoTensors model={model} />
      ) : (
        <Tensors model={model} tensor={tensor} />
      )}
      <TopActions>
        <Button onPress={() => void exportManifest(model.id)}>Export manifest…</Button>
      </TopActions>
      <InspectorPortal>
        <Inspector model={model} tensor={tensor} />
      </InspectorPortal>
    </div>
  );
}

function Head({ model }: { readonly model: ModelSummary }) {
  const open = useUi((state) => state.open);
  const several = useModels().models.length > 1;
  const bytes = useBytes();
  const facts = [
    model.tensors > 0 ? counted(model.tensors, 'tensor') : '',
    model.parameters > 0 ? `${formatParameters(model.parameters)} parameters` : '',
    bytes(model.logicalBytes),
    counted(model.files, 'file'),
  ];
  return (
    <header className="ex-head">
      <AriaButton
        className="ex-pick"
        aria-label={`Model: ${model.name.slice(0, 200)}. Choose another.`}
        isDisabled={!several}
        onPress={() => open('jump')}
      >
        <WrappedName name={model.name} />
        {several ? <ChevronsUpDown size={16} aria-hidden="true" /> : null}
      </AriaButton>
      <FormatBadge format={model.format} reason={model.opaqueReason} />
      <span className="ex-facts">{facts.filter(Boolean).join(' · ')}</span>
    </header>
  );
}

interface TensorsProps {
  readonly model: ModelSummary;
  readonly tensor: number | undefined;
}

function Tensors({ model, tensor }: TensorsProps) {
  const view = useView(model.id);
  const changeView = useViews((state) => state.change);
  const change = useCallback(
    (patch: Parameters<typeof changeView>[1]) => changeView(model.id, patch),
    [changeView, model.id],
  );
  const showTensor = useCallback(
    (index: number) =>
      useNavigation.getState().replace({ screen: 'explore', modelId: model.id, tensor: index }),
    [model.id],
  );
  const tree = useTree(model.id, view.expanded);
  const toggle = useCallback(
    (prefix: string, open: boolean) => change({ expanded: toggled(view.expanded, prefix, open) }),
    [change, view.expanded],
  );
  useOpenMainFolder(tree.branch, view.expanded.size === 0, toggle);
  const choose = (node: TensorTreeNode) => {
    if (node.tensorIndex !== undefined) showTensor(node.tensorIndex);
    change({ prefix: isLeaf(node) ? parentPrefix(node.path) : node.path });
  };
  const isSelected = (node: TensorTreeNode) =>
    isLeaf(node) ? node.tensorIndex === tensor : node.path === view.prefix;
  return (
    <Group className="ex-panels" orientation="horizontal" id="explore">
      <Panel id="explore-tree" defaultSize="24%" minSize={160} maxSize="60%">
        <Card fill title="Names">
          <TensorTree tree={tree} isSelected={isSelected} onToggle={toggle} onChoose={choose} />
        </Card>
      </Panel>
      <Separator className="ex-gap" aria-label="Width of the tree" />
      <Panel id="explore-table" minSize={260}>
        <TensorTable
          model={model}
          view={view}
          change={change}
          tensor={tensor}
          onTensor={showTensor}
        />
      </Panel>
    </Group>
  );
}

/** The folder that holds nearly everything is open from the start, so that there is something to see. */
function useOpenMainFolder(
  branch: ReturnType<typeof useTree>['branch'],
  untouched: boolean,
  toggle: (prefix: string, open: boolean) => void,
): void {
  const [done, setDone] = useState(!untouched);
  const root = branch('');
  useEffect(() => {
    if (done || root?.state !== 'loaded') return;
    setDone(true);
    const main = mainFolder(root.nodes);
    if (main) toggle(main.path, true);
  }, [done, root, toggle]);
}

function NoTensors({ model }: { readonly model: ModelSummary }) {
  const opaque = model.format === 'opaque';
  return (
    <Card fill title="Tensors">
      <EmptyState
        icon={<FileQuestion size={20} />}
        title={opaque ? 'Kept as plain bytes' : 'This model holds no tensors'}
      >
        {model.opaqueReason ? <p>{model.opaqueReason}</p> : null}
        {opaque
          ? 'No tensors are read from it. It is fingerprinted, and what it shares with other files is found all the same.'
          : 'Its files are well formed, but no tensor is stored in them.'}
      </EmptyState>
    </Card>
  );
}

type Tab = 'tensor' | 'model';
const tabs = [
  { value: 'tensor', label: 'Tensor' },
  { value: 'model', label: 'Model' },
] as const;

function Inspector({ model, tensor }: TensorsProps) {
  const [tab, setTab] = useState<Tab>(tensor === undefined ? 'model' : 'tensor');
  useEffect(() => {
    if (tensor !== undefined) setTab('tensor');
  }, [tensor]);
  if (model.tensors === 0) return <ModelInspector model={model} />;
  return (
    <>
      <div className="ei-tabs">
        <Segmented<Tab> label="About" value={tab} options={tabs} onChange={setTab} />
      </div>
      {tab === 'tensor' ? (
        <TensorInspector modelId={model.id} tensor={tensor} />
      ) : (
        <ModelInspector model={model} />
      )}
    </>
  );
}
