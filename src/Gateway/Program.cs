Console.Error.WriteLine("gateway: no command is built in yet");
return 2;
