using System.Runtime.InteropServices;
using Veer.Formats;

namespace Veer.Features;

/// <summary>
/// The features of a TorchScript model, such as the Inception network of StyleGAN and EDM. Its forward gets the images and, after
/// them, the switches of <see cref="ExtractorDescription.Arguments"/>: by position, as TorchSharp passes none by name.
/// </summary>
public sealed class TorchScriptFeatures : ModelFeatures
{
    /// <summary>What libtorch's messages have before the call stacks in them.</summary>
    private const string NativeStack = "\nException raised from ";
    private const string InterpreterStack = "The following operation failed in the TorchScript interpreter";

    private readonly jit.ScriptModule module;
    private readonly Device device;
    private readonly object[] switches;
    private readonly string path;

    private TorchScriptFeatures(ModelFile file, jit.ScriptModule module, Device device)
        : base(file)
    {
        (this.module, this.device, path) = (module, device, file.Path);
        switches = [.. file.Description.Arguments?.Cast<object>() ?? []];
        module.eval();
        Try();
    }

    /// <summary>Loads a model.</summary>
    /// <param name="path">NAME.pt, with NAME.json beside it; or a description that names its model.</param>
    /// <param name="device">Where it works; the CPU if not said.</param>
    /// <exception cref="InputException">A file is missing, or the model is none or does not fit its description.</exception>
    public static TorchScriptFeatures Load(string path, Device? device = null) => Load(ModelFile.Open(path), device);

    internal static TorchScriptFeatures Load(ModelFile file, Device? device = null)
    {
        if (file.Description.Output is { } output)
            throw new InputException(file.Path, "output", $"'{output}'", "nothing: a TorchScript model returns one");
        jit.ScriptModule module;
        try
        {
            module = jit.load(file.Path, device ?? CPU);
        }
        catch (ExternalException fault)
        {
            throw new InputException(file.Path, "file", Cause(fault), "a TorchScript model");
        }
        return module.OrDispose(module => new TorchScriptFeatures(file, module, device ?? CPU));
    }

    /// <inheritdoc/>
    private protected override Tensor Run(Tensor images)
    {
        object result;
        try
        {
            result = module.forward([images.to(device), .. switches]);
        }
        catch (ExternalException fault)
        {
            throw new InputException(path, "forward", Cause(fault), $"one that takes {ElementType.Describe(images)}");
        }
        return result as Tensor ?? throw new InputException(path, "forward", "a result that is no tensor", "one tensor");
    }

    /// <inheritdoc/>
    private protected override void Free() => module.Dispose();

    /// <summary>The one line of libtorch's that tells the cause: the first, or the last one below the interpreter's own call stack.</summary>
    private static string Cause(ExternalException fault)
    {
        string message = fault.Message.Split(NativeStack)[0];
        string[] lines = message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0) return "a fault without a message";
        return lines[0].StartsWith(InterpreterStack, StringComparison.Ordinal) ? lines[^1] : lines[0];
    }
}
