using System.Text.Json;
using System.Text.Json.Serialization;
using Veer.Formats;
using Veer.Solvers;

namespace Veer.Postprocessing;

/// <summary>What lies beside the postprocessor of a saved <see cref="Repair"/>: how it is applied, and what is known of it.</summary>
/// <param name="Recipe">How it was trained, and the solver that it is followed with.</param>
/// <param name="Strengths">The points of its <see cref="StrengthCurve"/>, from strength 0 on.</param>
/// <param name="Memorization">Whether it gives training points back.</param>
/// <param name="Notes">What a user should know.</param>
internal sealed record RepairFile(FitRecipe Recipe, IReadOnlyList<StrengthPoint> Strengths, MemorizationCheck Memorization, IReadOnlyList<string> Notes)
{
    private const string Name = "repair.json";

    /// <summary>The distance at each strength, and the strength that is taken.</summary>
    [JsonIgnore]
    public StrengthCurve Curve => new(Strengths);

    private static readonly JsonSerializerOptions Options = new(JsonPolicy.Options) { RespectRequiredConstructorParameters = true };

    /// <summary>Whether a folder has it.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, Name));

    /// <summary>Reads it.</summary>
    /// <exception cref="InputException">It is missing or broken.</exception>
    public static RepairFile Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        if (!File.Exists(path)) throw new InputException(folder, Name, "no such file", "the folder of a saved repair");
        var file = JsonInput.Deserialize<RepairFile>(path, "how a postprocessor is applied", Options);
        if (!SolverKind.All.Names.Contains(file.Recipe.Solver)) throw new InputException(path, "recipe.solver", $"'{file.Recipe.Solver}'", $"one of {string.Join(", ", SolverKind.All.Names)}");
        if (file.Recipe.Steps < 1) throw new InputException(path, "recipe.steps", $"{file.Recipe.Steps}", "at least 1");
        if (file.Strengths is not [{ Strength: 0 }, ..] || file.Strengths.Any(point => point?.Strength is not (>= 0 and <= 1)))
            throw new InputException(path, "strengths", "others", "strengths from 0 to 1, the first of them 0");
        return file;
    }

    /// <summary>Writes it.</summary>
    public void Write(string folder) => AtomicFile.WriteText(Path.Combine(folder, Name), JsonSerializer.Serialize(this, Options) + "\n");

    /// <summary>Takes that of an earlier postprocessor away.</summary>
    public static void Delete(string folder)
    {
        if (Exists(folder)) File.Delete(Path.Combine(folder, Name));
    }
}
