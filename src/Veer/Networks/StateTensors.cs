using Veer.Formats;

namespace Veer.Networks;

/// <summary>Named tensors of a module, and copying named tensors from a file into live ones.</summary>
internal static class StateTensors
{
    /// <summary>The module's parameters and buffers by name; live.</summary>
    public static Dictionary<string, Tensor> Collect(nn.Module module) => module.state_dict();

    /// <summary>
    /// Copies every tensor; one that is missing, extra or of another shape or type is an <see cref="InputException"/> that names it.
    /// </summary>
    public static void Copy(string file, IReadOnlyDictionary<string, Tensor> from, IReadOnlyDictionary<string, Tensor> to)
    {
        RequireLike(file, from, to);
        using var quiet = no_grad();
        foreach (var (name, target) in to) target.copy_(from[name]);
    }

    /// <summary>Refuses what <see cref="Copy"/> would.</summary>
    public static void RequireLike(string file, IReadOnlyDictionary<string, Tensor> from, IReadOnlyDictionary<string, Tensor> to)
    {
        foreach (var (name, target) in to)
        {
            if (!from.TryGetValue(name, out var source))
                throw new InputException(file, name, "no such tensor", Shape(target));
            if (source.dtype != target.dtype || !source.shape.AsSpan().SequenceEqual(target.shape))
                throw new InputException(file, name, Shape(source), Shape(target));
        }
        foreach (string name in from.Keys)
        {
            if (!to.ContainsKey(name)) throw new InputException(file, name, Shape(from[name]), "no such tensor");
        }
    }

    /// <summary>Refuses weights that are no numbers; a checkpoint's other state may be.</summary>
    public static void RequireFinite(string file, IReadOnlyDictionary<string, Tensor> weights)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, weight) in weights)
            if (!weight.isfinite().all().item<bool>()) throw new InputException(file, name, "numbers that are not finite", "finite weights");
    }

    private static string Shape(Tensor tensor) => $"a {ElementType.NameOf(tensor.dtype)} tensor [{string.Join(", ", tensor.shape)}]";
}
