using System.CommandLine;
using System.CommandLine.Help;
using Veer.Cli;

// not a RootCommand: that one calls itself by its assembly's name
return await CommandRunner.Run(
    new Command("veer", "See what guidance does to diffusion samples, and repair them.")
    {
        StudiesCommand.Create(),
        RunCommand.Create(),
        SampleCommand.Create(),
        ReportCommand.Create(),
        DataCommand.Create(),
        DoctorCommand.Create(),
        new HelpOption { Recursive = true },
        new VersionOption(),
    },
    args);
