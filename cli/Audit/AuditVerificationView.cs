using Cluster.Cli.Output;
using Cluster.V1;

namespace Cluster.Cli.Audit;

/// <summary>A verification as it goes on, and its end.</summary>
/// <param name="printer">For people or programs.</param>
internal sealed class AuditVerificationView(Printer printer)
{
    private int _findings;

    /// <summary>The connection broke: what was found is found again.</summary>
    public void BeginAgain()
    {
        _findings = 0;
        Console.Error.WriteLine("the connection broke; the verification begins again");
    }

    /// <summary>Prints findings as they come, and the anchor last.</summary>
    /// <param name="messages">From the cluster.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandException">The verification did not come to its end.</exception>
    public async Task<int> Print(IAsyncEnumerable<AuditVerification> messages)
    {
        AuditVerification? last = null;
        await foreach (var message in messages)
        {
            _findings += message.Findings.Count;
            last = message;
            if (printer.Json)
            {
                Printer.PrintJson(message);
                continue;
            }

            foreach (var finding in message.Findings)
            {
                Console.Out.WriteLine(finding.Text);
            }
        }

        if (last is not { Done: true })
        {
            throw new CommandException("the verification ended before its end: the log was not verified; make it again", ExitCode.Input);
        }

        if (!printer.Json)
        {
            Console.Out.WriteLine(_findings == 0
                ? $"whole: {last.Entries:N0} entries in {last.Seals:N0} seals, and {last.Unsealed:N0} not sealed yet"
                : $"TAMPERED WITH: {_findings:N0} findings in {last.Entries:N0} entries and {last.Seals:N0} seals");
            Console.Out.WriteLine(last.Anchor.Length > 0
                ? $"anchor {last.Anchor}  (keep it where nobody who can write to the database can write, and give it to the next verification)"
                : "nothing is sealed yet, so there is no anchor");
        }

        return _findings == 0 ? ExitCode.Success : ExitCode.TamperedWith;
    }
}
