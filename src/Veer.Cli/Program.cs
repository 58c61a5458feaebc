using System.CommandLine;
using Veer.Cli;

return await CommandRunner.Run(
    new RootCommand("Veer: see what guidance does to diffusion samples, and repair them.")
    {
        StudiesCommand.Create(),
        RunCommand.Create(),
        ReportCommand.Create(),
        DoctorCommand.Create(),
    },
    args);
