namespace Veer.Cli;

/// <summary>Looks at everything that a study needs of the machine, and says what is missing and how to fix it.</summary>
public static class Doctor
{
    /// <summary>Runs every check, cheapest first. Never throws: a check that fails is a finding.</summary>
    /// <param name="folder">Where runs are to be written.</param>
    /// <param name="found">
    /// Called with each finding as it is made: a native library that does not fit may end the process in one of the last checks.
    /// </param>
    public static IReadOnlyList<DoctorFinding> Examine(string folder = ".", Action<DoctorFinding>? found = null)
    {
        var findings = new List<DoctorFinding>();
        void Check(string name, Func<DoctorFinding> check)
        {
            var finding = Guard(name, check);
            findings.Add(finding);
            found?.Invoke(finding);
        }

        Check("system", SystemChecks.Runtime);
        Check("processor", SystemChecks.Processor);
        Check("memory", SystemChecks.Memory);
        Check("disk", () => SystemChecks.Disk(folder));
        Check("fonts", SystemChecks.Fonts);
        Check("MNIST", SystemChecks.Mnist);
        Check("C++ library", TorchChecks.StandardLibrary);
        Check("libtorch", TorchChecks.Libtorch);
        if (findings[^1].Status == DoctorStatus.Missing) return findings;
        Check("threads", TorchChecks.OperationThreads);
        Check("CUDA", TorchChecks.Cuda);
        Check("calculation", TorchChecks.Calculation);
        return findings;
    }

    /// <summary>Runs one check; whatever it throws becomes its finding.</summary>
    internal static DoctorFinding Guard(string name, Func<DoctorFinding> check)
    {
#pragma warning disable CA1031 // A doctor who dies of an illness helps nobody: every exception is a finding here.
        try
        {
            return check() with { Name = name };
        }
        catch (InputException e)
        {
            return new(name, DoctorStatus.Missing, e.Message, "see docs/native-libraries.md");
        }
        catch (Exception e)
        {
            string line = e.Message.Split('\n')[0].Trim();
            return new(name, DoctorStatus.Warning, $"could not be examined: {line}", "report this with your system's name");
        }
#pragma warning restore CA1031
    }
}
