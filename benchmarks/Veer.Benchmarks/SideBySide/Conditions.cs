namespace Veer.Benchmarks.SideBySide;

/// <summary>Under which conditions sides run: one core, one thread, and where that is asked for no wider vectors than AVX2.</summary>
internal sealed class Conditions
{
    private const string Taskset = "/usr/bin/taskset", Python = "/usr/bin/python3";

    private static readonly string[] Telling = ["avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16"];

    private static readonly string[] Beyond = ["avx512", "amx"];

    private readonly string[] pinned;
    private readonly string peers;

    /// <param name="core">Number of the core that all sides share.</param>
    /// <param name="avx2">Whether to keep everybody to AVX2.</param>
    /// <param name="peers">The folder of the peers' scripts.</param>
    public Conditions(int core, bool avx2, string peers)
    {
        this.peers = peers;
        pinned = File.Exists(Taskset) ? [Taskset, "-c", FormattableString.Invariant($"{core}")] : [];
        var all = new Dictionary<string, string>
        {
            ["OMP_NUM_THREADS"] = "1",
            ["OPENBLAS_NUM_THREADS"] = "1",
            ["MKL_NUM_THREADS"] = "1",
            ["DOTNET_PROCESSOR_COUNT"] = "1",
        };
        if (avx2)
        {
            all["OPENBLAS_CORETYPE"] = "Haswell";
            all["MKL_ENABLE_INSTRUCTIONS"] = "AVX2";
            all["ONEDNN_MAX_CPU_ISA"] = "AVX2";
            all["ATEN_CPU_CAPABILITY"] = "avx2";
            all["DOTNET_EnableAVX512"] = "0";
            all["DOTNET_EnableAVX512F"] = "0";
            all["NPY_DISABLE_CPU_FEATURES"] = "AVX512F,AVX512CD,AVX512_SKX,AVX512_CLX,AVX512_CNL,AVX512_ICL";
        }
        Environment = all;
        string[] flags = [.. Processor("flags").Split(' ').Intersect(Telling).Where(flag => !avx2 || !Beyond.Any(flag.Contains))];
        HasBFloat16 = flags.Any(flag => flag.EndsWith("bf16", StringComparison.Ordinal));
        Machine = $"{Processor("model name")} (family {Processor("cpu family")}, model {Processor("model")}), {string.Join(", ", flags)}; "
            + (avx2 ? "all sides kept to AVX2; " : "") + "one thread, its processor time" + (pinned.Length > 0 ? ", all sides on one core" : "");
    }

    /// <summary>The processor, what it can do, and how much of it is used.</summary>
    public string Machine { get; }

    /// <summary>Whether it multiplies bfloat16, as it is used.</summary>
    public bool HasBFloat16 { get; }

    /// <summary>What sides find in their environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>A mode of this program.</summary>
    public string[] Own(params string[] arguments) => [.. pinned, System.Environment.ProcessPath!, .. arguments];

    /// <summary>A script of the peers.</summary>
    public string[] Script(string[] script, params string[] more) => [.. pinned, Python, "-u", Path.Combine(peers, script[0] + ".py"), .. script[1..], .. more];

    private static string Processor(string name) => !File.Exists("/proc/cpuinfo") ? "unknown"
        : File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.Split(':')[0].Trim() == name)?.Split(':')[1].Trim() ?? "unknown";
}
