using Microsoft.ML.OnnxRuntime;
using Veer.Runtime;

namespace Veer.Onnx;

/// <summary>How this library opens models in ONNX Runtime.</summary>
internal static class Sessions
{
    private const OrtLoggingLevel Silent = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;

    private static readonly Lazy<OrtEnv> Environment = new(CreateEnvironment);

    /// <summary>Opens a model, from a file or from memory.</summary>
    /// <exception cref="OnnxRuntimeException">It is none.</exception>
    public static InferenceSession Open(Func<SessionOptions, InferenceSession> open)
    {
        _ = Environment.Value;
        // threads that wait for work by spinning would keep the cores from libtorch's
        using var settings = new SessionOptions { IntraOpNumThreads = Threads.Count, LogSeverityLevel = Silent };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return open(settings);
    }

    /// <summary>ONNX Runtime with its log off: every fault comes as an exception.</summary>
    private static OrtEnv CreateEnvironment()
    {
        if (OrtEnv.IsCreated) return OrtEnv.Instance();
        var creation = new EnvironmentCreationOptions { logId = "veer", logLevel = Silent };
        return OrtEnv.CreateInstanceWithOptions(ref creation);
    }
}
