using static TorchSharp.torch.nn;

namespace Veer.Networks.Layers;

/// <summary>A module that only gives its children a common name: torch's names have no dots, those of checkpoints have.</summary>
internal sealed class ModuleGroup() : Module(nameof(ModuleGroup))
{
    /// <summary>The group with a dotted name within a module; made where there is none.</summary>
    public static Module Within(Module module, string path)
    {
        foreach (string part in path.Split('.'))
        {
            var child = module.named_children().FirstOrDefault(child => child.name == part).module;
            if (child is null) module.register_module(part, child = new ModuleGroup());
            module = child;
        }
        return module;
    }
}
