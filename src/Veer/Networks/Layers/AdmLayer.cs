using static TorchSharp.torch.nn;

namespace Veer.Networks.Layers;

/// <summary>A layer of an ADM network: images [B, C, H, W], and what time and class say, [B or 1, E] float32, which most do not look at.</summary>
internal abstract class AdmLayer(string name) : Module<Tensor, Tensor, Tensor>(name)
{
    /// <summary>Registers a module under a name, which may have dots.</summary>
    public override void register_module(string name, Module submodule)
    {
        int dot = name.LastIndexOf('.');
        if (dot < 0) base.register_module(name, submodule);
        else ModuleGroup.Within(this, name[..dot]).register_module(name[(dot + 1)..], submodule);
    }
}
